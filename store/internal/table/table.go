// Package table says once what tables and columns both stores have, and of what kind, so that rows can
// be taken from one to the other without knowing what they mean (store/move).
//
// A row travels as SQLite holds it: a value is nil, an int64, a string or a []byte. Where Postgres keeps
// something in another shape, store/postgres turns it around.
//
// A migration that adds a table or a column adds it here, or a test turns red.
package table

import "slices"

// Kind is what values a column holds.
type Kind string

const (
	Text    Kind = "text"      // string, of any bytes
	ID      Kind = "id"        // string: a UUID in lower case
	MaybeID Kind = "maybe id"  // an ID, or empty
	Int     Kind = "integer"   // int64
	Int32   Kind = "integer32" // int64, within 32 bits
	Bool    Kind = "boolean"   // int64: 0 or 1
	Time    Kind = "time"      // int64: microseconds since 1970, UTC
	Bytes   Kind = "bytes"     // []byte
)

// Column is one of a table.
type Column struct {
	Name string
	Kind Kind
	Null bool // may be nil
}

// Table is one that both stores have.
type Table struct {
	Name    string
	Columns []Column
	Key     []string // the columns that tell rows apart, and by which they are taken in order
}

// Names are the columns' names.
func (t Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// KeyKinds are the kinds of the key's columns.
func (t Table) KeyKinds() []Kind {
	kinds := make([]Kind, len(t.Key))
	for i, at := range t.keyAt() {
		kinds[i] = t.Columns[at].Kind
	}
	return kinds
}

// KeyOf is a row's key.
func (t Table) KeyOf(row []any) []any {
	key := make([]any, len(t.Key))
	for i, at := range t.keyAt() {
		key[i] = row[at]
	}
	return key
}

// keyAt returns the positions of the key's columns.
func (t Table) keyAt() []int {
	at := make([]int, len(t.Key))
	for i, name := range t.Key {
		at[i] = slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	}
	return at
}
