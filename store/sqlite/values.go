package sqlite

import (
	"database/sql"
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

// nullable is the reverse of stamp, for scanning.
type nullable = sql.Null[int64]

func at(n nullable) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMicro(n.V).UTC()
}
