package commands

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

// Rule 24: what is said without an end lasts to the end of the shift, over midnight too.
func TestTheEndOfAShift(t *testing.T) {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	at := func(hour int) time.Time { return day.Add(time.Duration(hour) * time.Hour) }
	turn := func(name string, from, to int) calendar.Turn {
		return calendar.Turn{Engineer: calendar.Engineer{Name: name}, Shift: calendar.Shift{Start: at(from), End: at(to)}}
	}
	turns := []calendar.Turn{turn("Ana", 8, 12), turn("Bob", 8, 16), turn("Ana", 12, 16), turn("Ana", 22, 30), turn("Cleo", 30, 38)}
	for _, tt := range []struct {
		name string
		now  int
		want int // 0: none
	}{
		{"Ana", 9, 16},   // two that follow each other
		{"Ana", 17, 30},  // the night's is still to come
		{"Ana", 23, 30},  // a night shift does not end at midnight
		{"Ana", 29, 30},  // nor does it begin there
		{"Bob", 17, 0},   // over for today
		{"Cleo", 23, 0},  // tomorrow's
		{"Cleo", 25, 38}, // today's, after midnight
		{"Dee", 9, 0},
	} {
		got, ok := endOfShift(turns, tt.name, at(tt.now))
		if ok != (tt.want > 0) || ok && !got.Equal(at(tt.want)) {
			t.Errorf("%s at %d: %s, %t; want %d", tt.name, tt.now, got, ok, tt.want)
		}
	}
}
