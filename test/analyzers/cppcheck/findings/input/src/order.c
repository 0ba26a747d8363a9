#include <stdlib.h>

int total(int n) {
    int *prices = malloc(4 * sizeof(int));
    int unused;
    const char *label = "é"; prices[4] = n;
    if (n > 3)
        return 1;
    free(prices);
    return *prices;
}
