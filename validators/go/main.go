package main

import (
	"bufio"
	"os"
)

// Outside of Node, for trying things: one request a line in, one answer a line out.
func main() {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			os.Stdout.Write(append(respond(line), '\n'))
		}
		if err != nil {
			return
		}
	}
}
