// Package fields writes and reads JSON by a list of a struct's fields, one list for both ways:
//
//	func ticketFields(t *Ticket, p *fields.Pass) {
//		fields.Text(p.Always(), "id", &t.ID)
//		fields.Text(p, "subject", &t.Subject)
//	}
//
// It is here for its speed alone. A timeline's body is written and read twice for each reminder: with
// encoding/json that took 36 µs of processor time, of the 270 µs that a reminder costs, and takes 13 µs this way
// (BenchmarkBody of store/internal/row). Whatever needs no such speed stays with encoding/json.
//
// The list names the fields in the order of the struct, which has the tags that say the same. What is written
// is what encoding/json would write, byte for byte. What is read differently from how it is written (white
// space, another order, keys that are not listed, null) is left to encoding/json, so that nothing depends on
// this package but the time it takes. Package fieldstest holds a list to the tags.
package fields
