package row

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/fields"
)

// LongestWait bounds how long a timeline may have been open when a reminder of it is posted, for
// finding reminders by their timelines' ids.
const LongestWait = 4 * 24 * time.Hour

// MostHistory is how many rows of history are read at most for a summary of it.
const MostHistory = 200_000

// FirstID sorts before the id of every timeline that was opened at t or later: ids are UUIDs of
// version 7, which begin with their time in milliseconds (RFC 9562, section 5.7).
func FirstID(t time.Time) string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], uint64(max(t.UnixMilli(), 0))<<16)
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Details is the JSON of an event's details.
func Details(e escalation.Event) (string, error) {
	d := e.Details
	d.Until, d.ReplyAt, d.Heard = Time(d.Until), Time(d.ReplyAt), Time(d.Heard)
	if d.Fact != nil {
		d.Fact = &keptFacts([]desk.Fact{*d.Fact})[0]
	}
	js, err := fields.Marshal(&d, escalation.DetailsFields)
	if err != nil {
		return "", fmt.Errorf("encode event %s of timeline %s: %w", e.Kind, e.Timeline, err)
	}
	return string(js), nil
}

// SetDetails fills in what Details kept of e.
func SetDetails(e *escalation.Event, js string) error {
	if err := fields.Unmarshal(js, &e.Details, escalation.DetailsFields); err != nil {
		return fmt.Errorf("decode event %s of timeline %s: %w", e.Kind, e.Timeline, err)
	}
	return nil
}
