/**
 * Puts GitHub's reason for a refused push where git says "hook declined": in
 * the report at the end of a reply of `git-receive-pack`. What is no complete
 * reply with a side band is given back as it is.
 *
 * @see https://git-scm.com/docs/gitprotocol-pack#_report_status
 */
export function wordRefusals(reply: Buffer): Buffer {
  const packets = readPackets(reply);
  if (!packets?.some(packet => packet?.[0] === 1)) {
    return reply;
  }
  // The report itself is lines of packets, spread over those of band 1.
  const report = readPackets(
    Buffer.concat(
      packets.flatMap(packet => (packet?.[0] === 1 ? packet.subarray(1) : [])),
    ),
  );
  if (!report) {
    return reply;
  }
  const worded = Buffer.concat(
    report.map(line =>
      writePacket(
        line &&
          Buffer.from(
            line
              .toString('utf8')
              .replace(
                /^(ng \S+) hook declined/,
                '$1 protected branch hook declined',
              ),
          ),
      ),
    ),
  );
  return Buffer.concat([
    ...packets
      .filter(packet => packet && packet[0] !== 1)
      .map(packet => writePacket(packet)),
    writePacket(Buffer.concat([Buffer.from([1]), worded])),
    writePacket(undefined),
  ]);
}

/** Packets of git's wire format, undefined for a flush; undefined when the bytes are none. */
function readPackets(bytes: Buffer): Array<Buffer | undefined> | undefined {
  const packets: Array<Buffer | undefined> = [];
  let at = 0;
  while (at < bytes.length) {
    const size = Number.parseInt(bytes.toString('latin1', at, at + 4), 16);
    if (size === 0) {
      packets.push(undefined);
      at += 4;
    } else if (size > 4 && at + size <= bytes.length) {
      packets.push(bytes.subarray(at + 4, at + size));
      at += size;
    } else {
      return undefined;
    }
  }
  return packets;
}

function writePacket(content: Buffer | undefined): Buffer {
  return content
    ? Buffer.concat([
        Buffer.from((content.length + 4).toString(16).padStart(4, '0')),
        content,
      ])
    : Buffer.from('0000');
}
