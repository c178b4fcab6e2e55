package escalation

// OpenQuery asks for open timelines of one workspace.
type OpenQuery struct {
	Workspace string
	Channel   string // "": every channel
	By        OpenOrder
	Limit     int
}

// OpenOrder is the order in which open timelines are listed.
type OpenOrder string

const (
	ByNext     OpenOrder = "next"     // whom the walker looks at first
	ByDeadline OpenOrder = "deadline" // the nearest deadline first
	ByPosted   OpenOrder = "posted"   // the newest message first
)
