// Package keys keeps the station key, which is what a hotspot is: a private
// key in a file that nobody else may read. It never prints or logs a secret.
package keys
