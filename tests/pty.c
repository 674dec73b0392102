// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pty - runs a program on a terminal of its own and relays what it prints.
 *
 *	pty [--job] [--type=TEXT] [--stderr=FILE] PROGRAM [ARGUMENT...]
 *
 * The program is the leader of the terminal's session, as under getty or
 * script(1); with --job it is a member of the foreground group that another
 * process leads, as in a pipeline that an interactive shell started. --type is
 * written to the terminal at once, as if somebody typed it. The exit status
 * is the program's.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* In the session leader: the program is a child, in the leader's group. */
static void as_job(char **argv)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(99, "fork");
	if (pid == 0) {
		signal(SIGHUP, SIG_DFL);
		execvp(argv[0], argv);
		err(99, "%s", argv[0]);
	}
	signal(SIGHUP, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(99, "waitpid");
	_exit(status_of(status));
}

static void child(int slave, const char *stderr_file, int job, char **argv)
{
	if (login_tty(slave) != 0)
		err(99, "login_tty");
	if (stderr_file && !freopen(stderr_file, "a", stderr))
		err(99, "%s", stderr_file);
	if (job)
		as_job(argv);
	execvp(argv[0], argv);
	err(99, "%s", argv[0]);
}

static void relay(int master)
{
	char buffer[4096];
	ssize_t n;

	while ((n = read(master, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0 && write(1, buffer, (size_t)n) != n)
			err(99, "write");
}

int main(int argc, char **argv)
{
	const char *type = NULL, *stderr_file = NULL;
	int job = 0, i, master, slave, status;
	struct termios raw;
	pid_t pid;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--job") == 0)
			job = 1;
		else if (strncmp(argv[i], "--type=", 7) == 0)
			type = argv[i] + 7;
		else if (strncmp(argv[i], "--stderr=", 9) == 0)
			stderr_file = argv[i] + 9;
	}
	if (i == argc || openpty(&master, &slave, NULL, NULL, NULL) != 0)
		err(99, "openpty");
	tcgetattr(slave, &raw);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(slave, TCSANOW, &raw);
	if (type && write(master, type, strlen(type)) < 0)
		err(99, "write");
	pid = fork();
	if (pid == 0) {
		close(master);
		child(slave, stderr_file, job, argv + i);
	}
	close(slave);
	relay(master);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(99, "waitpid");
	return status_of(status);
}
