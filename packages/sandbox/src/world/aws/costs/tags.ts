/** Keys of the tags that are active for cost allocation. Others are on resources, not on the bill. */
export const ACTIVE_TAGS = ['Component', 'Environment', 'System'];
