package buttons

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Ref is what a reminder's buttons carry: <timeline>/<tier>/<round>. A note's carry neither,
// and those of a deadline's reminder no tier.
type Ref struct {
	Timeline    string
	Tier, Round int
}

func (r Ref) String() string {
	return r.Timeline + "/" + strconv.Itoa(r.Tier) + "/" + strconv.Itoa(r.Round)
}

// pressed is what a button says of itself.
type pressed struct {
	Ref
	length time.Duration // of a menu of lengths; otherwise 0
	user   string        // of a menu of people: who was chosen
}

// readPressed reads a value that Row wrote: <timeline>/<tier>/<round>, from a menu with a length after it.
func readPressed(value string) (pressed, error) {
	parts := strings.Split(value, "/")
	if len(parts) < 3 || len(parts) > 4 || parts[0] == "" {
		return pressed{}, errors.New("a button's value is not <timeline>/<tier>/<round>")
	}
	p := pressed{Ref: Ref{Timeline: parts[0]}}
	var errTier, errRound, errFor error
	p.Tier, errTier = strconv.Atoi(parts[1])
	p.Round, errRound = strconv.Atoi(parts[2])
	if len(parts) == 4 {
		p.length, errFor = time.ParseDuration(parts[3])
	}
	if errTier != nil || errRound != nil || errFor != nil || p.Tier < 0 || p.Round < 0 || p.length < 0 {
		return pressed{}, errors.New("a button's value is not <timeline>/<tier>/<round>")
	}
	return p, nil
}
