package sqlite

import (
	"database/sql"
	"encoding/json"
	"time"

	"github.com/slabuddy/slabuddy/store/internal/row"
)

// stamp is t as a value; the zero time is null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return row.Time(t).UnixMicro()
}

// list is any number of texts as one parameter, which json_each takes apart.
func list(texts []string) string {
	js, err := json.Marshal(texts)
	if err != nil {
		return "[]" // impossible: they are texts
	}
	return string(js)
}

// timestamp is a stored time, for scanning.
type timestamp struct{ sql.Null[int64] }

// Time is the zero time for null.
func (t timestamp) Time() time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return time.UnixMicro(t.V).UTC()
}
