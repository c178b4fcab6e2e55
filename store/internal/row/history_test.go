package row

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestTheFirstIDOfATimeSortsBetweenThoseBeforeAndAfter(t *testing.T) {
	id := uuid.Must(uuid.NewV7()).String()
	sec, nsec := uuid.MustParse(id).Time().UnixTime()
	made := time.Unix(sec, nsec)
	if first := FirstID(made); first > id {
		t.Errorf("%s does not sort before %s, which was made then", first, id)
	}
	if next := FirstID(made.Add(time.Millisecond)); next <= id {
		t.Errorf("%s does not sort after %s, which was made before", next, id)
	}
	if first := FirstID(time.Time{}); first != uuid.Nil.String() {
		t.Errorf("before all: %s", first)
	}
}
