//go:build failover

package main_test

import "time"

// againWithin is how soon after the standby's promotion reminders have to be posted again (make check-failover).
const againWithin = 20 * time.Second
