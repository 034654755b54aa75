/** Where webmail's API begins. */
export const MAIL_PREFIX = "/mail/v1";
