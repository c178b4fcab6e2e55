package google

import "time"

// SetTimeOut lets tests wait less long.
func (c *Calendar) SetTimeOut(d time.Duration) { c.timeOut = d }
