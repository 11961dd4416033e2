/* SPDX-License-Identifier: MIT */
/*
 * Sockets: messages with control messages, several at once, options that are times.
 */
#include "tests/user/user.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

static int pair[2];

static void make_pair(int type)
{
	CHECK_EQ(socketpair(AF_UNIX, type, 0, pair), 0);
}

/* Two descriptors with two pieces of data, to who has room for @room. */
static struct msghdr pass_descriptors(int room, int got[2])
{
	static union {
		char bytes[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control;
	static char a[4], b[8];
	struct iovec out[2] = {{"abc", 3}, {"defgh", 5}},
		     in[2] = {{a, 4}, {b, 8}};
	struct msghdr m = {.msg_iov = out,
			   .msg_iovlen = 2,
			   .msg_control = &control,
			   .msg_controllen = CMSG_SPACE(2 * sizeof(int))};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(2 * sizeof(int));
	memcpy(CMSG_DATA(c), got, 2 * sizeof(int));
	CHECK_EQ(sendmsg(pair[0], &m, 0), 8);
	memset(&control, 0, sizeof(control));
	m.msg_iov = in;
	m.msg_controllen = CMSG_LEN((size_t)room * sizeof(int));
	CHECK_EQ(recvmsg(pair[1], &m, 0), 8);
	CHECK(!memcmp(a, "abcd", 4) && !memcmp(b, "efgh", 4));
	c = CMSG_FIRSTHDR(&m);
	CHECK(c);
	CHECK_EQ(c->cmsg_level, SOL_SOCKET);
	CHECK_EQ(c->cmsg_type, SCM_RIGHTS);
	CHECK_EQ(c->cmsg_len, CMSG_LEN((size_t)room * sizeof(int)));
	memcpy(got, CMSG_DATA(c), (size_t)room * sizeof(int));
	return m;
}

/* What there was no room for is not open. */
static void descriptors(void)
{
	int ends[2], got[2], next[2];
	struct stat st;
	struct msghdr m;

	make_pair(SOCK_STREAM);
	CHECK_EQ(pipe(ends), 0);
	memcpy(got, ends, sizeof(got));
	m = pass_descriptors(2, got);
	CHECK(!(m.msg_flags & MSG_CTRUNC));
	CHECK_EQ(write(got[1], "x", 1), 1);
	CHECK_EQ(fstat(got[0], &st), 0);
	CHECK(S_ISFIFO(st.st_mode));
	next[0] = dup(0);
	next[1] = dup(0);
	close(next[0]);
	close(next[1]);
	memcpy(got, ends, sizeof(got));
	m = pass_descriptors(1, got);
	CHECK(m.msg_flags & MSG_CTRUNC);
	CHECK_EQ(got[0], next[0]);
	CHECK_EQ(fcntl(next[1], F_GETFD), -1);
}

static void several(void)
{
	char text[3][8] = {"one", "two", "three"}, in[3][8];
	struct iovec v[3], w[3];
	struct mmsghdr out[3] = {0}, back[3] = {0};
	struct timespec limit = {60, 0};

	make_pair(SOCK_DGRAM);
	for (int k = 0; k < 3; k++) {
		v[k] = (struct iovec){text[k], strlen(text[k])};
		w[k] = (struct iovec){in[k], sizeof(in[k])};
		out[k].msg_hdr.msg_iov = &v[k];
		back[k].msg_hdr.msg_iov = &w[k];
		out[k].msg_hdr.msg_iovlen = back[k].msg_hdr.msg_iovlen = 1;
	}
	CHECK_EQ(sendmmsg(pair[0], out, 3, 0), 3);
	CHECK_EQ(out[2].msg_len, 5);
	CHECK_EQ(recvmmsg(pair[1], back, 3, 0, &limit), 3);
	for (int k = 0; k < 3; k++) {
		CHECK_EQ(back[k].msg_len, strlen(text[k]));
		CHECK(!memcmp(in[k], text[k], back[k].msg_len));
	}
	CHECK_EQ(recvmmsg(pair[1], back, 3, MSG_DONTWAIT, NULL), -1);
	CHECK_EQ(errno, EAGAIN);
}

static void times(void)
{
	struct timeval set = {0, 20000}, got = {0};
	socklen_t len = sizeof(got);
	char byte;

	make_pair(SOCK_STREAM);
	CHECK_EQ(
		setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &set, sizeof(set)),
		0);
	CHECK_EQ(getsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &got, &len), 0);
	CHECK_EQ(len, sizeof(got));
	CHECK_EQ(got.tv_sec, 0);
	CHECK_EQ(got.tv_usec, 20000);
	CHECK_EQ(recv(pair[0], &byte, 1, 0), -1);
	CHECK_EQ(errno, EAGAIN);
}

const struct user_case socket_cases[] = {
	{"socket/descriptors", descriptors, NULL},
	{"socket/several", several, NULL},
	{"socket/times", times, NULL},
	{NULL, NULL, NULL},
};
