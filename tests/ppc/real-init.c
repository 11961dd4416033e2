/* SPDX-License-Identifier: MIT */
/*
 * The first process of tests/real-kvm-ppc's guest: executes the words of
 * /command in /files, says its status, and resets the machine.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_WORDS 256

static void mount_all(void)
{
	static const char *const types[][2] = {{"proc", "/proc"},
					       {"sysfs", "/sys"},
					       {"devtmpfs", "/dev"},
					       {"tmpfs", "/tmp"}};

	for (unsigned int i = 0; i < 4; i++) {
		mkdir(types[i][1], 0755);
		if (mount(types[i][0], types[i][1], types[i][0], 0, ""))
			perror(types[i][1]);
	}
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR);

	for (int i = 0; i < 3; i++)
		dup2(fd, i);
}

/* The words of /command, each with a zero behind it. */
static void execute(void)
{
	static char words[4096];
	char *argv[MAX_WORDS + 1] = {NULL}, *word = words;
	int fd = open("/command", O_RDONLY);
	ssize_t len = read(fd, words, sizeof(words) - 1);

	for (int i = 0; i < MAX_WORDS && word < words + len; i++) {
		argv[i] = word;
		word += strlen(word) + 1;
	}
	if (argv[0] && !chdir("/files"))
		execv(argv[0], argv);
	perror("/command");
	_exit(127);
}

int main(void)
{
	int status = 0, code = 127;
	pid_t child;

	mount_all();
	open_console();
	printf("<answer>\n");
	fflush(stdout);
	child = fork();
	if (!child)
		execute();
	while (child > 0 && waitpid(-1, &status, 0) != child)
		;
	if (child > 0)
		code = WIFEXITED(status) ? WEXITSTATUS(status)
					 : 128 + WTERMSIG(status);
	printf("<status %d>\n", code);
	fflush(stdout);
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
