// WASI has no terminals.
package logrus

func isTerminal(int) bool { return false }
