/** How every action describes its output `planned`. */
export const PLANNED_DESCRIPTION =
  'Dry runs only: what would be created, updated, kept and removed';
