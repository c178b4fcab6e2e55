package postgres

import (
	"fmt"
	"strings"
	"time"

	googleuuid "github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/store/internal/row"
)

// clean takes out of texts what Postgres refuses: NUL bytes, and what is not UTF-8. Every
// parameter of every statement passes through it.
func clean(args []any) []any {
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			args[i] = cleanText(arg)
		case []string:
			for k, s := range arg {
				arg[k] = cleanText(s)
			}
		}
	}
	return args
}

func cleanText(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// stamp is t as a value; the zero time is null.
func stamp(t time.Time) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: row.Time(t), Valid: !t.IsZero()}
}

func stamps(ts []time.Time) []pgtype.Timestamptz {
	all := make([]pgtype.Timestamptz, len(ts))
	for i, t := range ts {
		all[i] = stamp(t)
	}
	return all
}

// timestamp is a stored time, for scanning.
type timestamp struct{ pgtype.Timestamptz }

// Time is the zero time for null.
func (t timestamp) Time() time.Time { return at(t.Timestamptz) }

// at is the reverse of stamp.
func at(t pgtype.Timestamptz) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

// uuid reads an id. It has to be written as Postgres writes it, because ids are compared as text
// when they come back.
func uuid(id string) (pgtype.UUID, error) {
	u, err := googleuuid.Parse(id)
	if err != nil || len(id) != len("00000000-0000-0000-0000-000000000000") || strings.ToLower(id) != id {
		return pgtype.UUID{}, fmt.Errorf("%q is no id: an id is a UUID in lower case", id)
	}
	return pgtype.UUID{Bytes: u, Valid: true}, nil
}

// uuids leaves out what is no UUID: nothing can be stored under it.
func uuids(ids []string) []pgtype.UUID {
	us := make([]pgtype.UUID, 0, len(ids))
	for _, id := range ids {
		if u, err := uuid(id); err == nil {
			us = append(us, u)
		}
	}
	return us
}
