// Package upkeep is what a replica does beside the tickets: it compares its clock with others', leaves signs of life,
// counts what the database holds, and deletes what is past its retention. No part depends on another.
package upkeep
