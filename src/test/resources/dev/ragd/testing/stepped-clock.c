/* For cron alone, preloaded into it: a clock that stands until the test lets it go on by a minute, so that nothing depends on how
   fast the machine is. STEPPED_CLOCK is a file with a byte for each minute that has passed; beside it appears one that ends in
   .waiting when cron sleeps for the first time. Programs that cron starts get an environment of its own making, and the real
   clock. Where cron is root of a user namespace only, the kernel does not let it choose groups; there are none to choose. */
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *minutes;
static time_t start;

__attribute__((constructor)) static void begin(void) {
  struct timeval t;
  gettimeofday(&t, 0);
  start = t.tv_sec - t.tv_sec % 60 + 30; /* far from where minutes change */
  minutes = getenv("STEPPED_CLOCK");
}

#ifdef __cplusplus
extern "C" {
#endif

time_t time(time_t *out) {
  struct stat passed;
  time_t t = start;
  if (minutes && stat(minutes, &passed) == 0) t += 60 * passed.st_size;
  if (out) *out = t;
  return t;
}

unsigned sleep(unsigned seconds) {
  static int waiting;
  time_t end = time(0) + seconds;
  if (!waiting && minutes) {
    char name[4096];
    snprintf(name, sizeof name, "%s.waiting", minutes);
    waiting = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  }
  while (time(0) < end) usleep(20000);
  return 0;
}

int initgroups(const char *user, gid_t group) {
  (void)user;
  (void)group;
  return 0;
}

int setgroups(size_t count, const gid_t *groups) {
  (void)count;
  (void)groups;
  return 0;
}

#ifdef __cplusplus
}
#endif
