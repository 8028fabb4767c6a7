import { asSentence } from './asSentence';

describe('asSentence', () => {
  it.each([
    ['It is not text', 'It is not text.'],
    ['Images that stay: 5.', 'Images that stay: 5.'],
    ['Why?', 'Why?'],
  ])('makes of %s: %s', (text, sentence) => {
    expect(asSentence(text)).toBe(sentence);
  });
});
