// Package scenariotest holds tests alone: tickets from their message to the end of their timeline, through
// intake, walk, act, deliver and the queue, on a real store. Slack, the help desk and the calendar are
// stand-ins.
package scenariotest
