package row

import (
	"fmt"

	"github.com/slabuddy/slabuddy/escalation"
)

// orders are the columns that open timelines are listed by.
var orders = map[escalation.OpenOrder]string{
	escalation.ByNext:     "next_at, id",
	escalation.ByDeadline: "deadline, id",
	escalation.ByPosted:   "posted_at desc, id desc",
}

// OpenOrder are the columns of an order.
func OpenOrder(by escalation.OpenOrder) (columns string, err error) {
	columns, known := orders[by]
	if !known {
		return "", fmt.Errorf("there is no order %q", by)
	}
	return columns, nil
}
