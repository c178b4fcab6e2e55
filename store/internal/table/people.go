package table

import (
	"cmp"
	"slices"
	"strings"
)

// Written is what of a table was written by people or about them: where one may have to be erased.
type Written struct {
	Table
	Texts []string // columns that may name somebody
	Live  string   // a condition on rows that are still worked with, and are left alone; empty: none is
	Grows string   // a column that goes up with a change, so that a row read before cannot be saved after it
	// Unique are the columns, Texts[0] among them, that tell rows apart, or groups of rows that have one key
	// and change together; empty: its texts may be the same anywhere.
	Unique []string
	Bars   bool // as long as one of its rows is live that would change, nothing may be changed anywhere
}

// People are the tables in which somebody may be named. What is missing names nobody: places and methods
// only (gates), or messages and digests (once).
func People() []Written {
	// A key has to be one that both stores have an index for; that of history is not the same in both.
	all := []Written{
		// An engineer's versions go together: any of them by itself would be the latest of its scope, and in force.
		{Table: Table{Name: "settings", Key: []string{"workspace", "scope"}}, Texts: []string{"scope"}, Live: scopeInForce,
			Unique: []string{"workspace", "scope"}, Bars: true},
		{Table: Table{Name: "settings"}, Texts: []string{"body"}, Live: inForce},
		{Table: Table{Name: "settings"}, Texts: []string{"set_by"}},
		{Table: Table{Name: "timelines"}, Texts: []string{"body"}, Live: "state = 'open'", Grows: "version"},
		{Table: Table{Name: "history", Key: []string{"timeline_id", "seq"}}, Texts: []string{"details"}},
		{Table: Table{Name: "rosters"}, Texts: []string{"roster"}},
		{Table: Table{Name: "mentions"}, Texts: []string{"author", "said"}},
		{Table: Table{Name: "jobs"}, Texts: []string{"last_error", "payload", "graph", "result"}, Live: "finished_at is null"},
		{Table: Table{Name: "jobs"}, Texts: []string{"key"}, Live: "finished_at is null", Unique: []string{"key"}}, // operators choose some
		{Table: Table{Name: "job_attempts"}, Texts: []string{"error"}},
		{Table: Table{Name: "kept"}, Texts: []string{"value"}},
		{Table: Table{Name: "kept"}, Texts: []string{"key"}, Unique: []string{"key"}}, // a calendar may be called like its owner
		{Table: Table{Name: "desk_events"}, Texts: []string{"cause", "facts"}},
		{Table: Table{Name: "installations"}, Texts: []string{"installed_by", "ended_why"}},
	}
	for i := range all {
		for _, t := range All() {
			if t.Name == all[i].Name {
				if key := all[i].Key; key != nil {
					t.Key = key
				}
				all[i].Table = t
			}
		}
	}
	return all
}

// A scope is in force unless its latest version takes it back. Absences have an end of their own, and mean
// nothing once their engineer is gone.
const (
	scopeInForce = `scope not like 'absence/%' and 0 <
	(select length(latest.body) from settings latest where latest.workspace = settings.workspace and latest.scope = settings.scope
		order by latest.version desc limit 1)`
	inForce = scopeInForce + ` and version =
	(select max(latest.version) from settings latest where latest.workspace = settings.workspace and latest.scope = settings.scope)`
)

// Select selects keys, texts and whether a row is live; never is this database's word for no.
func (w Written) Select(never string) string {
	each := ""
	if w.Unique != nil {
		each = "distinct " // of a group
	}
	return `select ` + each + strings.Join(slices.Concat(w.Key, w.Texts, []string{cmp.Or(w.Live, never)}), ", ") + ` from ` + w.Name
}

// Other selects the row that already has the text that has to be unique; mark is its placeholder.
func (w Written) Other(mark string) string {
	query := `select 1 from ` + w.Name + ` other where other.` + w.Texts[0] + ` = ` + mark
	for _, c := range w.Unique {
		if c != w.Texts[0] {
			query += ` and other.` + c + ` = ` + w.Name + `.` + c
		}
	}
	return query
}

// KindOf is the kind of the column of that name.
func (t Table) KindOf(name string) Kind {
	for _, c := range t.Columns {
		if c.Name == name {
			return c.Kind
		}
	}
	return ""
}
