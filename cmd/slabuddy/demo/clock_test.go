package demo

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestTheClockHurriesAsFarAsItMayAndThenKeepsRealSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(monday(9, 0), 60)
		shows := func(want time.Time) {
			t.Helper()
			if got := c.Now(); got.Sub(want).Abs() > time.Millisecond {
				t.Fatalf("the clock shows %s, want %s", got.Format(time.TimeOnly), want.Format(time.TimeOnly))
			}
		}
		time.Sleep(2 * time.Second)
		shows(monday(9, 0).Add(2 * time.Second)) // nobody has made it hurry

		c.HurryTo(monday(9, 10), c.Steadied())
		time.Sleep(3 * time.Second)
		shows(monday(9, 3).Add(2 * time.Second))
		time.Sleep(6*time.Second + 58*time.Second/60 + 5*time.Second)
		shows(monday(9, 10).Add(5 * time.Second))

		c.HurryTo(monday(9, 20), c.Steadied())
		time.Sleep(time.Second)
		c.Steady()
		time.Sleep(time.Second)
		shows(monday(9, 11).Add(6 * time.Second))
	})
}

func TestTheClockIsSetForwardAndNeverBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(monday(9, 0), 60)
		c.SetForward(monday(10, 0), c.Steadied())
		if got := c.Now(); !got.Equal(monday(10, 0)) {
			t.Errorf("it shows %s after it was set to 10:00", got.Format(time.TimeOnly))
		}
		time.Sleep(time.Second)
		c.SetForward(monday(9, 30), c.Steadied())
		c.HurryTo(monday(9, 40), c.Steadied())
		time.Sleep(time.Second)
		if got := c.Now(); !got.Equal(monday(10, 0).Add(2 * time.Second)) {
			t.Errorf("it shows %s, two seconds after 10:00", got.Format(time.TimeOnly))
		}
	})
}

func TestTheClockStopsUntilItMayGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(monday(9, 0), 60)
		c.HurryTo(monday(10, 0), c.Steadied())
		time.Sleep(time.Second)
		c.Stop()
		time.Sleep(time.Hour)
		if got := c.Now(); !got.Equal(monday(9, 1)) {
			t.Errorf("it shows %s", got.Format(time.TimeOnly))
		}
		c.SetHurry(600)
		c.HurryTo(monday(10, 0), c.Steadied())
		time.Sleep(time.Second)
		if got := c.Now(); !got.Equal(monday(9, 11)) {
			t.Errorf("a second later, at ten minutes a second, it shows %s", got.Format(time.TimeOnly))
		}
	})
}

// What began after somebody had looked around takes a lease by the clock, which must not be over at once.
func TestTheClockIsNotMovedOverWhatHasBegun(t *testing.T) {
	moves := map[string]func(*clock, steadied){
		"hurried":     func(c *clock, since steadied) { c.HurryTo(monday(10, 0), since) },
		"set forward": func(c *clock, since steadied) { c.SetForward(monday(10, 0), since) },
	}
	for name, move := range moves {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClock(monday(9, 0), 3600)
				looked := c.Steadied()
				c.Steady()
				move(c, looked)
				time.Sleep(time.Second)
				if got := c.Now(); !got.Equal(monday(9, 0).Add(time.Second)) {
					t.Errorf("a second after 9:00 it shows %s", got.Format(time.TimeOnly))
				}
			})
		})
	}
}
