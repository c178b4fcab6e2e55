package row

import (
	"encoding/json"
	"fmt"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// Roster is the JSON of a snapshot. The same snapshot always has the same.
func Roster(s calendar.Snapshot) (string, error) {
	js, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("encode a roster: %w", err)
	}
	return string(js), nil
}

// RosterSince scans the time and the roster.
func RosterSince[S Stamp](r Scanner) (since review.RosterSince, err error) {
	var at S
	var js []byte
	if err := r.Scan(&at, &js); err != nil {
		return since, err
	}
	since.At = at.Time()
	if err := json.Unmarshal(js, &since.Roster); err != nil {
		return since, fmt.Errorf("decode a roster: %w", err)
	}
	return since, nil
}
