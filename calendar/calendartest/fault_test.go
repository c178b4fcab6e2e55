package calendartest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
)

func TestFaults(t *testing.T) {
	tests := map[string]struct {
		fault   calendartest.Fault
		code    int // 0: no answer
		badBody bool
	}{
		"an error":      {calendartest.Refuse(calendartest.BackendError()), 500, false},
		"a rate limit":  {calendartest.Refuse(calendartest.RateLimited()), 403, false},
		"slow":          {calendartest.Slow(time.Millisecond), 200, false},
		"too slow":      {calendartest.Slow(time.Hour), 0, false},
		"hanging":       {calendartest.Hang, 0, false},
		"garbage":       {calendartest.Garbage, 200, false},
		"an answer cut": {calendartest.CutOff, 200, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := calendartest.Start(time.Now)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			s.AddCalendar(&calendartest.Calendar{ID: "shifts"})
			s.Fail(test.fault, 1)

			patience := time.Minute
			if test.code == 0 {
				patience = time.Second
			}
			code, bodyErr := ask(t, s, patience)
			if code != test.code || (bodyErr != nil) != test.badBody {
				t.Errorf("met %d, %v", code, bodyErr)
			}
			if code, err := ask(t, s, time.Minute); code != 200 || err != nil {
				t.Errorf("the next request: %d, %v", code, err)
			}
			if n := len(s.Requests()); n != 2 {
				t.Errorf("%d requests seen", n)
			}
		})
	}
}

// ask lists the events: code 0 is a time-out.
func ask(t *testing.T, s *calendartest.Server, patience time.Duration) (code int, bodyErr error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", s.URL()+"/calendar/v3/calendars/shifts/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if errors.Is(err, context.DeadlineExceeded) {
		return 0, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	_, err = io.ReadAll(answer.Body)
	return answer.StatusCode, err
}

func TestFaultsLastAsLongAsAskedFor(t *testing.T) {
	s := server()
	s.AddCalendar(&calendartest.Calendar{ID: "shifts"})
	s.Fail(calendartest.Refuse(calendartest.TooManyRequests()), -1)
	for range 3 {
		if code, _ := get(s, ""); code != 429 {
			t.Errorf("%d", code)
		}
	}
	s.Recover()
	if code, _ := get(s, ""); code != 200 {
		t.Errorf("after Recover: %d", code)
	}
}
