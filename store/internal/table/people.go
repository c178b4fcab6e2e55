package table

// Written is what of a table was written by people or about them: where one may have to be erased.
type Written struct {
	Table
	Texts []string // columns that may name somebody
	Live  string   // a condition on rows that are still worked with, and are left alone; empty: none is
	Grows string   // a column that goes up with a change, so that whoever read the row before cannot save it
}

// People are the tables in which somebody may be named. What is missing names nobody, or is gone within
// a day (once), or names places and methods only (gates).
func People() []Written {
	all := []Written{
		{Table: Table{Name: "timelines"}, Texts: []string{"body"}, Live: "state = 'open'", Grows: "version"},
		{Table: Table{Name: "history"}, Texts: []string{"details"}},
		{Table: Table{Name: "mentions"}, Texts: []string{"author", "said"}},
		{Table: Table{Name: "jobs"}, Texts: []string{"last_error", "payload", "result"}, Live: "finished_at is null"},
		{Table: Table{Name: "job_attempts"}, Texts: []string{"error"}},
		{Table: Table{Name: "kept"}, Texts: []string{"value"}},
		{Table: Table{Name: "desk_events"}, Texts: []string{"cause"}},
		{Table: Table{Name: "installations"}, Texts: []string{"installed_by", "ended_why"}},
		{Table: Table{Name: "settings"}, Texts: []string{"set_by"}},
		{Table: Table{Name: "settings"}, Texts: []string{"scope", "body"}, Live: inForce},
	}
	for i := range all {
		for _, t := range All() {
			if t.Name == all[i].Name {
				all[i].Table = t
			}
		}
	}
	return all
}

// inForce: the latest version of its scope, and not taken back. Absences have an end of their own, and mean
// nothing once their engineer is gone.
const inForce = `length(body) > 0 and scope not like 'absence/%' and version =
	(select max(latest.version) from settings latest where latest.workspace = settings.workspace and latest.scope = settings.scope)`

// KindOf is the kind of the column of that name.
func (t Table) KindOf(name string) Kind {
	for _, c := range t.Columns {
		if c.Name == name {
			return c.Kind
		}
	}
	return ""
}
