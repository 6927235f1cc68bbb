package server

import "syscall"

// dieWithParent makes the system kill the process when the thread that started it ends, as it does when this program
// is killed.
func dieWithParent(attributes *syscall.SysProcAttr) {
	attributes.Pdeathsig = syscall.SIGKILL
}
