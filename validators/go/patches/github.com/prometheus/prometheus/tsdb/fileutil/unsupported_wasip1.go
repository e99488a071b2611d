// WASI has neither file locks nor mapped files; rule checks need neither, only the package has to compile.
package fileutil

import (
	"errors"
	"os"
)

func mmap(*os.File, int) ([]byte, error) { return nil, errors.ErrUnsupported }

func munmap([]byte) error { return errors.ErrUnsupported }
