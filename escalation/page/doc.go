// Package page turns templates into HTTP calls: the pages that wake somebody, and other calls that an
// operator puts into a queue. It is pure, and sends nothing: package httpjob does.
//
//	configuration ─▶ Page{Only, Trigger, Resolve} ─▶ Call (stored with its job: references, no secrets)
//	                                                  │
//	                facts of the job, environment ────▶ Request (in memory, while it is sent)
//
// A Call refers to secrets by name: ${ONCALL_URL} means what the environment variable of that name
// holds when the call is sent. References count only where the configuration wrote them; the same
// characters in a ticket's subject are just characters. $${NAME} writes ${NAME} itself.
//
// A call is given a variable only if the configuration names it for the call's page or queue, and only if it
// goes where the configuration says (Grant): the stored call itself is not trusted with that.
//
// # How often a call is made
//
// At least once. HTTP has no way of looking for an earlier attempt, so one of unknown outcome (no answer
// in time, a cut connection, a 5xx) is made again, unless its Call says Once. For pages that is as it
// should be: waking somebody twice is less bad than not at all. The deduplication key, one a timeline,
// makes one incident of both at Grafana OnCall and PagerDuty.
package page
