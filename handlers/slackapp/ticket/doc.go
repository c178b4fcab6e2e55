// Package ticket reads tickets out of Slack messages (rule 1, Reading). It is pure, and takes time in
// proportion to a message's length.
//
//	message ─▶ parts: what belongs together ─▶ facts, each with whose words it is ─▶ id ─▶ the other fields ─▶ tickets
//	           message, attachment,           desk's field ▷ desk's line ▷          │
//	           card, table's row              doubtful ▷ customer's words           └─▶ unreadable: which words, and why
//
// Of all that a message says of a field, what is most surely the desk's counts: a titled field or a table's
// cell, then a footer's labels, then a line that begins with the label, then, for an id, an address of a help desk
// that is known, and only then what is quoted or written where the customer may have begun to speak. Subjects and
// descriptions are never searched for labels. Where the desk has a field it has the last word, also if that
// is empty.
//
// A value is taken as it is or not at all. An id that is one only in part makes the message unreadable,
// which is told.
//
// The package has more files than most, because all of them are steps of one reading and share what they know of a
// message, its parts and facts: callers need a Reader only.
package ticket
