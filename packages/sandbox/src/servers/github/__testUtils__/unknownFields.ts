import { DescribedSchema } from './githubDescription';

/**
 * Fields of a reply that a description says nothing about, as `/path is
 * unknown`. Where it leaves an object open on purpose, nothing is unknown.
 */
export function unknownFields(
  schemas: Record<string, DescribedSchema>,
  schema: DescribedSchema,
  value: unknown,
  at = '',
): string[] {
  const parts = partsOf(schemas, schema);
  if (Array.isArray(value)) {
    const items = parts.flatMap(({ items: item }) => item ?? []);
    return items.length
      ? value.flatMap((one, index) =>
          unknownFields(schemas, { anyOf: items }, one, `${at}/${index}`),
        )
      : [];
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const objects = parts.filter(
    part => part.properties || part.type === 'object',
  );
  if (objects.some(isOpen)) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = objects.flatMap(part => part.properties?.[key] ?? []);
    return known.length
      ? unknownFields(schemas, { anyOf: known }, inner, `${at}/${key}`)
      : [`${at}/${key} is unknown`];
  });
}

/** A schema without references, with what it is combined of laid side by side. */
function partsOf(
  schemas: Record<string, DescribedSchema>,
  schema: DescribedSchema,
): DescribedSchema[] {
  const { $ref, allOf = [], anyOf = [], oneOf = [] } = schema;
  return [
    ...($ref ? partsOf(schemas, schemas[$ref]) : [schema]),
    ...[...allOf, ...anyOf, ...oneOf].flatMap(one => partsOf(schemas, one)),
  ];
}

function isOpen({ properties, additionalProperties }: DescribedSchema) {
  return !properties || Boolean(additionalProperties);
}
