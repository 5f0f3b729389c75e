// MapLibre with its worker as a file of our own: the pages' policy allows no blob: worker.
export { LngLatBounds, Map, NavigationControl, setWorkerUrl } from "maplibre-gl";
