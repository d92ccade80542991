/** Replaces the URLs by which the parts of the shop find each other. */
export interface WayBetween {
  /** Where the gateway finds a service that listens at `url`. */
  serviceUrl(service: string, url: string): string;
  /** Where a service finds its database; asked again at each start of the service. */
  databaseUrl(service: string, url: string): string;
}
