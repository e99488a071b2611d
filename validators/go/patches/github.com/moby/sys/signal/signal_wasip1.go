// Package signal, for a Dockerfile's STOPSIGNAL only: WASI has no signals, but the image will run on Linux, so the
// names and numbers are those of Linux.
package signal

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
)

// The numbers at which Linux programs see the real-time signals begin and end; the C library keeps 32 and 33.
const firstRealTime, lastRealTime = 34, 64

// SignalMap gives the number of each name without its prefix SIG.
var SignalMap = linuxSignals()

func linuxSignals() map[string]syscall.Signal {
	signals := map[string]syscall.Signal{"CLD": 17, "IOT": 6, "POLL": 29, "RTMIN": firstRealTime, "RTMAX": lastRealTime}
	for index, name := range strings.Fields(`HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM
		STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS`) {
		signals[name] = syscall.Signal(index + 1)
	}
	for offset := 1; offset <= 15; offset++ {
		signals[fmt.Sprintf("RTMIN+%d", offset)] = syscall.Signal(firstRealTime + offset)
	}
	for offset := 1; offset <= 14; offset++ {
		signals[fmt.Sprintf("RTMAX-%d", offset)] = syscall.Signal(lastRealTime - offset)
	}
	return signals
}

// ParseSignal reads a name or a number.
func ParseSignal(text string) (syscall.Signal, error) {
	if number, err := strconv.Atoi(text); err == nil && number != 0 {
		return syscall.Signal(number), nil
	}
	if number, ok := SignalMap[strings.TrimPrefix(strings.ToUpper(text), "SIG")]; ok {
		return number, nil
	}
	return 0, fmt.Errorf("invalid signal: %s", text)
}
