package table

// All are the tables, in the order in which they are moved.
func All() []Table {
	return []Table{
		{"timelines", cols(ids("id"), ints("version"),
			texts("workspace", "channel", "thread_ts", "ticket_id", "policy", "state"), times("posted_at", "deadline"),
			maybe(times("next_at")), times("asked_at"), maybe(times("answered_at", "closed_at", "breached_at")), texts("body", "moved_ts")),
			[]string{"id"}},
		{"history", cols(ints("seq"), ids("timeline_id"), times("at"), texts("kind"), int32s("tier"), texts("details")),
			[]string{"seq"}},
		{"rosters", cols(texts("workspace"), times("at"), texts("roster")), []string{"workspace", "at"}},
		{"mentions", cols(texts("workspace", "channel", "ts", "thread_ts", "author", "said"), times("heard_at"), bools("acted_on")),
			[]string{"workspace", "channel", "ts"}},
		{"jobs", cols(ids("id"), texts("key", "queue", "state"), times("run_at"), bools("behind"), int32s("attempts", "looks"),
			ints("fence"), int32s("max_attempts"), maybe(times("expires_at")), maybe(times("awaited_at")), times("created_at"),
			maybe(times("first_sent", "last_sent", "finished_at")), texts("worker", "last_error", "pace", "gates", "look_gates"),
			bytes("payload"), ints("timeout"), texts("graph"), bools("held"), int32s("waits"), maybe(times("not_before")),
			bools("watched", "cancelling"), of(MaybeID, "cause"), int32s("result_status"), texts("result")),
			[]string{"id"}},
		{"job_edges", cols(ids("job", "after")), []string{"after", "job"}},
		{"job_attempts", cols(ids("job"), ints("fence"), int32s("number"), bools("looking"), times("at"), texts("kind", "error")),
			[]string{"job", "fence"}},
		{"gates", cols(texts("key"), times("shut_until"), texts("reason")), []string{"key"}},
		{"kept", cols(texts("key"), bytes("value"), times("kept_at")), []string{"key"}},
		{"desk_events", cols(texts("ticket_id", "kind"), times("happened_at", "heard_at"), texts("cause"), bools("proof"), texts("facts", "workspace")),
			[]string{"ticket_id", "kind", "happened_at"}},
		{"once", cols(texts("key"), times("used_until")), []string{"key"}},
		{"installations", cols(texts("workspace", "name", "app_id", "bot_user", "bot_id", "scopes"), bytes("token"),
			texts("installed_by"), maybe(times("installed_at", "updated_at", "ended_at")), texts("ended_why")),
			[]string{"workspace"}},
		{"settings", cols(texts("workspace", "scope"), ints("version"), maybe(times("set_at")), texts("set_by"), bytes("body")),
			[]string{"workspace", "scope", "version"}},
	}
}

// Own are the tables that describe their database itself, and are not moved.
func Own() []string { return []string{"move", "schema_floor", "goose_db_version"} }

func of(k Kind, names ...string) []Column {
	cs := make([]Column, len(names))
	for i, name := range names {
		cs[i] = Column{Name: name, Kind: k}
	}
	return cs
}

func texts(names ...string) []Column  { return of(Text, names...) }
func ids(names ...string) []Column    { return of(ID, names...) }
func ints(names ...string) []Column   { return of(Int, names...) }
func int32s(names ...string) []Column { return of(Int32, names...) }
func bools(names ...string) []Column  { return of(Bool, names...) }
func times(names ...string) []Column  { return of(Time, names...) }
func bytes(names ...string) []Column  { return of(Bytes, names...) }

// maybe are columns that may be null.
func maybe(cs []Column) []Column {
	for i := range cs {
		cs[i].Null = true
	}
	return cs
}

func cols(groups ...[]Column) []Column {
	var all []Column
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}
