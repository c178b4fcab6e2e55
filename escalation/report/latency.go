package report

import (
	"math"
	"slices"
	"time"
)

// Latency is how long it took until something happened.
type Latency struct {
	Count  int     `json:"count"`
	Median float64 `json:"median_seconds"`
	P90    float64 `json:"p90_seconds"`
}

// FirstReply is how long customers waited for the first reply, of the tickets that have one.
type FirstReply struct {
	Real    Latency  `json:"real"`
	Working Latency  `json:"working"` // within the policy's hours as they are configured now
	Spread  []Bucket `json:"spread"`  // of the real time
}

// Bucket is how many took longer than the bucket before, and no longer than this.
type Bucket struct {
	UpTo  float64 `json:"up_to_seconds"` // 0: without end
	Count int     `json:"count"`
}

// bounds are those of the buckets: each about twice the one before.
var bounds = []time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute, time.Hour,
	2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 24 * time.Hour, 3 * 24 * time.Hour,
}

// samples are lengths in whole seconds: a million of them are 4 MB.
type samples []uint32

func (s *samples) add(d time.Duration) {
	*s = append(*s, uint32(min(max(d/time.Second, 0), math.MaxUint32)))
}

// latency sorts the samples.
func (s samples) latency() Latency {
	slices.Sort(s)
	return Latency{Count: len(s), Median: s.quantile(0.5), P90: s.quantile(0.9)}
}

// quantile is the least sample that so many others do not exceed; they are sorted.
func (s samples) quantile(q float64) float64 {
	if len(s) == 0 {
		return 0
	}
	return float64(s[max(int(math.Ceil(q*float64(len(s))))-1, 0)])
}

func (s samples) spread() []Bucket {
	buckets := make([]Bucket, len(bounds)+1)
	for i, b := range bounds {
		buckets[i].UpTo = b.Seconds()
	}
	for _, v := range s {
		i := 0
		for i < len(bounds) && float64(v) > bounds[i].Seconds() {
			i++
		}
		buckets[i].Count++
	}
	return buckets
}
