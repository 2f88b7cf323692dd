// Package resident gives memory back to the kernel that this program does not need: its own
// pages, and what the heap has freed. It never touches what is in use.
package resident
