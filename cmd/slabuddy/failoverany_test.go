//go:build !failover

package main_test

import "time"

// againWithin is no limit: how soon it goes on is measured where nothing else runs (make check-failover).
const againWithin = 2 * time.Minute
