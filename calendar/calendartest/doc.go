// Package calendartest simulates Google Calendar: events.list of the v3 API over real HTTP, and the
// token endpoint that a service account needs for it.
//
//	client ──▶ fault asked for? ──▶ key or bearer token ──▶ calendar, if it is shared with the caller
//	                                                            │
//	           page ◀── partial response (fields) ◀── filter, expand recurrences
//
// Formats, parameters and error bodies are those Google publishes:
// https://developers.google.com/workspace/calendar/api/v3/reference/events/list and
// https://developers.google.com/workspace/calendar/api/guides/errors. A parameter that is not
// simulated is refused with 501, never passed over.
//
// It serves tests and the demo, and needs nothing of package testing.
package calendartest
