// Package report tells how the team did in a span of time (rule 25).
//
//	Store ──in batches──▶ Record{timeline, history} ──Builder.Add──▶ sums ──Builder.Report──▶ Report ──▶ text, JSON, HTML, Slack
//
// It reads nothing but the stored history. A Report is a pure function of it, of what people are called, of the
// roster as it was, and of the time. Nothing is held of a timeline but its part of the sums, and the breaches that
// are listed. People are in the order of their names: this is no ranking.
package report
