package consumer

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Event is a record as the service sees it.
type Event struct {
	// ID is the same whenever the event is delivered again.
	ID string
	// Type as CloudEvents has it; empty when the producer does not say.
	Type    string
	Key     []byte
	Payload []byte
}

// eventOf reads the headers of CloudEvents. Without an id, the place of the
// record in the topic is one.
//
// See https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/kafka-protocol-binding.md
func eventOf(record *kgo.Record) Event {
	headers := make(map[string]string, len(record.Headers))
	for _, header := range record.Headers {
		headers[header.Key] = string(header.Value)
	}
	id := fmt.Sprintf("%s/%d/%d", record.Topic, record.Partition, record.Offset)
	if headers["ce_id"] != "" {
		id = headers["ce_source"] + "#" + headers["ce_id"]
	}
	return Event{ID: id, Type: headers["ce_type"], Key: record.Key, Payload: record.Value}
}
