/** @flow */
module.exports = (one: any, two: any) => one + two;
