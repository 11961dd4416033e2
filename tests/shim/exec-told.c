/* SPDX-License-Identifier: MIT */
/*
 * Says what it was given when it was executed: arguments, variables, descriptors,
 * signals; with the argument "environment" all of that, with "kvm" KVM's version.
 * Built for this host and for arm64 (tests/shim/check-exec).
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define KVM_GET_API_VERSION 0xae00

static void say(const char *name)
{
	const char *value = getenv(name);

	if (value)
		printf("%s=%s\n", name, value);
}

int main(int argc, char **argv)
{
	const char *preload = getenv("LD_PRELOAD");
	sigset_t set;

	if (argc > 1 && !strcmp(argv[1], "environment")) {
		for (char **e = environ; *e; e++)
			puts(*e);
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "kvm")) {
		printf("API %d\n",
		       ioctl(open("/dev/kvm", O_RDWR), KVM_GET_API_VERSION, 0));
		return 0;
	}
	for (int i = 0; i < argc; i++)
		printf("<%s>", argv[i]);
	printf("\n");
	say("TOLD");
	say("A");
	say("LD_LIBRARY_PATH");
	if (preload && strstr(preload, "fauxkvm"))
		printf("LD_PRELOAD=%s\n", preload);
	for (int fd = 0; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d ", fd);
	sigprocmask(SIG_SETMASK, NULL, &set);
	for (int sig = 1; sig < 65; sig++)
		if (sigismember(&set, sig) == 1)
			printf("blocked %d ", sig);
	printf("\n");
	return 7;
}
