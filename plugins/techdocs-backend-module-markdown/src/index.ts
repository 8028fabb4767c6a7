/**
 * Renders TechDocs with a Markdown library, on machines without mkdocs.
 *
 * @packageDocumentation
 */
export { techdocsModuleMarkdown as default } from './module';
export { MarkdownGenerator } from './MarkdownGenerator';
