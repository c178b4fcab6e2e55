package review

import "time"

// Zones are the time zones that people are in, by Slack id, as far as they are known.
type Zones map[string]*time.Location

// Of is somebody's zone; where that is not known, another.
func (z Zones) Of(id string, otherwise *time.Location) *time.Location {
	if zone := z[id]; zone != nil {
		return zone
	}
	return otherwise
}
