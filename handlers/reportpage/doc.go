// Package reportpage makes one HTML file of a report: its pictures are inline SVG, each beside the table of what it
// shows, and it needs no network and no script. Where scripts run, tables sort. Whatever others wrote (subjects,
// customers, names) is text in it, because html/template writes it.
package reportpage
