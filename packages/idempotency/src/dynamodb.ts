/** @see dynamodbStore */ export const todo = 0;
