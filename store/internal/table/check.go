package table

import (
	"fmt"
	"math"
	"strings"

	"github.com/google/uuid"
)

// Check returns an error if a value of a row is not of its column's kind: SQLite itself takes any value in
// any column.
func (t Table) Check(row []any) error {
	for i, c := range t.Columns {
		if !c.holds(row[i]) {
			return fmt.Errorf("the row %s of %s has in %s what is no %s: %s", t.Label(row), t.Name, c.Name, c.Kind, show(row[i]))
		}
	}
	return nil
}

func (c Column) holds(v any) bool {
	if v == nil {
		return c.Null
	}
	switch c.Kind {
	case Text:
		_, is := v.(string)
		return is
	case ID, MaybeID:
		s, is := v.(string)
		return is && (isID(s) || c.Kind == MaybeID && s == "")
	case Bytes:
		_, is := v.([]byte)
		return is
	}
	n, is := v.(int64)
	switch c.Kind {
	case Int32:
		return is && n >= math.MinInt32 && n <= math.MaxInt32
	case Bool:
		return is && (n == 0 || n == 1)
	case Time:
		return is && n >= earliest
	}
	return is
}

// earliest is the first time that Postgres holds (in 4713 BC), a day to spare. It holds all later ones.
const earliest = -210_866_716_800_000_000

// isID: ids are compared as texts, so there is one way to write them.
func isID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && id.String() == s
}

// Label names a row to people: its key.
func (t Table) Label(row []any) string {
	var parts []string
	for _, v := range t.KeyOf(row) {
		parts = append(parts, show(v))
	}
	return strings.Join(parts, " ")
}

// show is a value in an error: enough to find it by, and not a customer's whole story.
func show(v any) string {
	const most = 60
	switch v := v.(type) {
	case nil:
		return "nothing"
	case int64:
		return fmt.Sprint(v)
	case string:
		if len(v) > most {
			v = v[:most] + "…"
		}
		return fmt.Sprintf("%+q", v)
	}
	return fmt.Sprintf("a %T", v)
}
